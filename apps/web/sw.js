/* Takes photos that other programs share with the installed page: keeps them until the page has opened and asks. */
const KEPT = "shared-photos";

async function keep(request) {
    const photos = (await request.formData()).getAll("photos").filter((photo) => photo instanceof File);
    const cache = await caches.open(KEPT);
    await Promise.all(photos.map((photo, place) => cache.put(`/shared/${Date.now()}-${place}`, new Response(photo, {
        headers: { "Content-Type": photo.type, "X-Name": encodeURIComponent(photo.name) },
    }))));
    return Response.redirect("/?shared", 303);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
    const { method, url } = event.request;
    if (method === "POST" && new URL(url).pathname === "/take-shared")
        event.respondWith(keep(event.request));
});
