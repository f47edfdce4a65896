/* The server's table of formats: names, shelves and groups of the files that can be made. */

let formats = new Map(); /* word: row */
let shelves = [];        /* [{word, label, formats: [row]}] in the order in which people look for them */
let groups = new Map();  /* word: words of formats */

/** Takes the table from what the server offers. Before anything else here is asked. */
export function learnFormats(server) {
    formats = new Map(server.format_table.map((format) => [format.word, format]));
    shelves = server.shelves.map((shelf) => ({ ...shelf, formats: shelf.formats.map((word) => formats.get(word)) }))
        .filter((shelf) => shelf.formats.length > 0);
    groups = new Map(server.groups.map((group) => [group.word, group.formats]));
}

export function formatShelves() {
    return shelves;
}

/** The words that a word stands for: of a group, or itself. */
export function wordsOf(word) {
    return groups.get(word) ?? [word];
}

/** What kind of file a name says, in capitals: "HEIC". */
export function extension(name) {
    const end = name.split(".").pop().toUpperCase();
    return end === "JPG" ? "JPEG" : end;
}

/** What a file of that role is: [name, note]. */
export function describeRole(role) {
    if (role === "outpainted")
        return ["Extended photo", "PNG"];
    const format = formats.get(role);
    return format === undefined ? [role, ""] : [format.label, extension(format.file)];
}

/** Files in the order in which people look for them. */
export function sortFiles(files) {
    const order = ["outpainted", ...shelves.flatMap((shelf) => shelf.formats.map((format) => format.word))];
    return [...files].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}
