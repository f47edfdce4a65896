/* The camera's data of a JPEG, carried over to a picture that was made of it (TIFF 6.0; EXIF 2.32, 4.5 and 4.6). */

const SOI = 0xffd8;
const SOS = 0xffda;
const APP1 = 0xffe1;
const ORIENTATION = 0x0112;
const EXIF_FOLDER = 0x8769;
const FOCAL_35MM = 0xa405;
const SHORT = 3;
const ENTRY_BYTES = 12;

/* The place and length of the EXIF segment, marker included; null without. */
function findExif(view) {
    if (view.byteLength < 4 || view.getUint16(0) !== SOI)
        return null;
    for (let at = 2; at + 10 <= view.byteLength;) {
        const marker = view.getUint16(at);
        const length = view.getUint16(at + 2) + 2;
        if (marker === SOS || (marker & 0xff00) !== 0xff00 || at + length > view.byteLength)
            return null;
        if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) /* "Exif" */
            return { at, length };
        at += length;
    }
    return null;
}

/* Calls take(tag, type, place of the value) for each entry of a folder. */
function walk(view, folder, little, take) {
    const count = folder + 2 <= view.byteLength ? view.getUint16(folder, little) : 0;
    for (let i = 0; i < count; i++) {
        const entry = folder + 2 + i * ENTRY_BYTES;
        if (entry + ENTRY_BYTES > view.byteLength)
            return;
        take(view.getUint16(entry, little), view.getUint16(entry + 2, little), entry + 8);
    }
}

/* The pixels stand upright now, and show a part of what the lens saw: `longer` times the focal length. */
function mend(tiff, longer) {
    const little = tiff.getUint16(0) === 0x4949;
    const folders = [];
    walk(tiff, tiff.getUint32(4, little), little, (tag, type, at) => {
        if (tag === ORIENTATION && type === SHORT)
            tiff.setUint16(at, 1, little);
        if (tag === EXIF_FOLDER)
            folders.push(tiff.getUint32(at, little));
    });
    for (const folder of folders) {
        walk(tiff, folder, little, (tag, type, at) => {
            if (tag === FOCAL_35MM && type === SHORT)
                tiff.setUint16(at, Math.round(tiff.getUint16(at, little) * longer), little);
        });
    }
}

/** A JPEG (blob) with the camera's data of `original`, which may be of any kind: without data there is nothing to carry. */
export async function carryExif(original, jpeg, longer) {
    const view = new DataView(await original.arrayBuffer());
    const found = findExif(view);
    if (found === null)
        return jpeg;
    const segment = view.buffer.slice(found.at, found.at + found.length);
    try {
        mend(new DataView(segment, 10), longer);
    } catch (error) {
        if (error instanceof RangeError) /* an offset that leads out of it */
            return jpeg;
        throw error;
    }
    return new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: jpeg.type });
}
