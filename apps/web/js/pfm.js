/* Portable float maps: a line "Pf", width and height, a scale whose sign says the order of bytes; then rows of floats from below. */

const HEAD = /^Pf\s+(\d+)\s+(\d+)\s+(-?[\d.eE+-]+)\s/;
const HEAD_BYTES = 128;
const MOST_PX = 1 << 26;
const CUT_SHARE = 0.005;    /* of the numbers at either end, as when the server reads the map */
const SAMPLES_MOST = 1 << 18;

/** Whether a file calls itself one. */
export function isPfm(file) {
    return /\.pfm$/i.test(file.name);
}

/* Between which numbers a map lies, but for a few that stand out. */
function rangeOf(values) {
    const step = Math.ceil(values.length / SAMPLES_MOST);
    const sorted = values.filter((value, at) => at % step === 0 && Number.isFinite(value)).sort();
    const cut = Math.floor(CUT_SHARE * (sorted.length - 1));
    return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

/** A grey picture of a map, its small numbers black, its large ones white: { width, height, data } for ImageData. Fails on others. */
export async function readPfm(file) {
    const bytes = await file.arrayBuffer();
    const head = HEAD.exec(String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(HEAD_BYTES, bytes.byteLength))));
    const [width, height, scale] = head === null ? [0, 0, 0] : head.slice(1).map(Number);
    const count = width * height;
    if (count === 0 || count > MOST_PX || !Number.isFinite(scale) || bytes.byteLength - head[0].length < 4 * count)
        throw new Error("not a grey PFM");
    const view = new DataView(bytes, head[0].length);
    const values = Float32Array.from({ length: count }, (_, at) => view.getFloat32(4 * at, scale < 0));
    const [least, most] = rangeOf(values);
    const data = new Uint8ClampedArray(4 * count).fill(255);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            const value = values[(height - 1 - y) * width + x];
            const light = most > least && Number.isFinite(value) ? 255 * (value - least) / (most - least) : 0;
            data.fill(light, 4 * (y * width + x), 4 * (y * width + x) + 3);
        }
    }
    return { width, height, data };
}
