/* The photo in a headset: a screen in front of the viewer, each eye sees its own picture. */
import { closeGl, loadPicture, makeProgram, openGl, putTexture } from "../gl.js";

const DISTANCE_M = 2;
const WIDEST_DEG = 70;

const vertex = `#version 300 es
uniform mat4 projection;
uniform mat4 view;
uniform vec3 screen;       /* half width, half height, distance */
out vec2 place;
void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
    place = vec2(corner.x, -corner.y) * 0.5 + 0.5;
    gl_Position = projection * view * vec4(corner * screen.xy, -screen.z, 1.0);
}`;

const fragment = `#version 300 es
precision highp float;
uniform sampler2D eye;
in vec2 place;
out vec4 colour;
void main() { colour = texture(eye, place); }`;

/** Whether a headset can be used here. */
export async function hasHeadset() {
    try {
        return await (navigator.xr?.isSessionSupported("immersive-vr") ?? false);
    } catch {
        return false;
    }
}

/** Shows both eyes until the session ends. hfov: of the photo, in degrees. Must begin in a click. */
export async function showInHeadset({ left, right }, hfov) {
    const session = await navigator.xr.requestSession("immersive-vr", { optionalFeatures: ["local"] });
    const canvas = document.createElement("canvas");
    let gl = null;
    try {
        gl = openGl(canvas, { xrCompatible: true });
        await gl.makeXRCompatible?.();
        const eyes = await Promise.all([left, right].map((url) => loadPicture(url)));
        const textures = { left: putTexture(gl, 0, eyes[0]), right: putTexture(gl, 1, eyes[1]) };
        const program = makeProgram(gl, fragment, vertex);
        const half = DISTANCE_M * Math.tan(Math.min(hfov, WIDEST_DEG) * Math.PI / 360);
        const screen = [half, half * eyes[0].height / eyes[0].width, DISTANCE_M];
        await session.updateRenderState({ baseLayer: new XRWebGLLayer(session, gl) });
        const space = await session.requestReferenceSpace("local").catch(() => session.requestReferenceSpace("viewer"));
        await new Promise((ended) => {
            session.addEventListener("end", ended);
            const draw = (time, frame) => {
                session.requestAnimationFrame(draw);
                drawFrame(gl, { session, space, program, textures, screen }, frame);
            };
            session.requestAnimationFrame(draw);
        });
    } catch (error) {
        await session.end().catch(() => {});
        throw error;
    } finally {
        closeGl(gl);
    }
}

function drawFrame(gl, { session, space, program, textures, screen }, frame) {
    const layer = session.renderState.baseLayer;
    const pose = frame.getViewerPose(space);
    gl.bindFramebuffer(gl.FRAMEBUFFER, layer.framebuffer);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    for (const view of pose?.views ?? []) {
        const port = layer.getViewport(view);
        gl.viewport(port.x, port.y, port.width, port.height);
        program.set({
            projection: view.projectionMatrix, view: view.transform.inverse.matrix, screen,
            eye: view.eye === "right" ? textures.right : textures.left,
        });
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
}
