/* WebGL 2 pieces that the views share. */

const SIDE_MAX_PX = 2048;

const whole_picture = `#version 300 es
out vec2 place;
void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    place = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

function compile(gl, kind, source) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
        throw new Error(gl.getShaderInfoLog(shader));
    return shader;
}

/** The context of a canvas. Fails where there is no WebGL 2, or none at the moment. */
export function openGl(canvas, options = {}) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, preserveDrawingBuffer: true, ...options });
    if (gl === null)
        throw new Error("this browser has no WebGL 2");
    return gl;
}

/** Browsers take contexts away: when the graphics fail, from pages in the background. Calls again() when this one is back, empty. */
export function keepGl(canvas, signal, again) {
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault(), { signal }); /* else it never comes back */
    canvas.addEventListener("webglcontextrestored", again, { signal });
}

/** A program and a function that sets its uniforms: numbers, arrays of 2 or 3, 9 as a matrix. */
export function makeProgram(gl, fragment, vertex = whole_picture) {
    const program = gl.createProgram();
    gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex));
    gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
    gl.linkProgram(program);
    const set = (values) => {
        gl.useProgram(program);
        for (const [name, value] of Object.entries(values)) {
            const at = gl.getUniformLocation(program, name);
            if (Number.isInteger(value?.unit))
                gl.uniform1i(at, value.unit);
            else if (typeof value === "number")
                gl.uniform1f(at, value);
            else if (value.length === 16)
                gl.uniformMatrix4fv(at, false, value);
            else
                gl[`uniform${value.length}fv`](at, value);
        }
    };
    return { program, set };
}

/** A picture of that address, or of that canvas, upright and at most 2048 px wide or high. */
export async function loadPicture(source, signal) {
    if (typeof source !== "string")
        return createImageBitmap(source);
    const reply = await fetch(source, { signal });
    if (!reply.ok)
        throw new Error(`the picture answers ${reply.status}`);
    const whole = await createImageBitmap(await reply.blob());
    const scale = SIDE_MAX_PX / Math.max(whole.width, whole.height);
    if (scale >= 1)
        return whole;
    const smaller = await createImageBitmap(whole, {
        resizeWidth: Math.round(whole.width * scale), resizeHeight: Math.round(whole.height * scale),
        resizeQuality: "high",
    });
    whole.close();
    return smaller;
}

/** Puts a picture into texture unit `unit`, in the place of what was there; returns {unit} for a uniform. */
export function putTexture(gl, unit, picture) {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.deleteTexture(gl.getParameter(gl.TEXTURE_BINDING_2D));
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    for (const way of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
        gl.texParameteri(gl.TEXTURE_2D, way, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    return { unit };
}

/** Sizes a canvas for what it covers on the screen, times `detail`; returns whether that changed it. */
export function fitCanvas(canvas, picture, detail = 1) {
    const shown = canvas.clientWidth * Math.min(devicePixelRatio, 2);
    const wanted = Math.round(Math.min(picture.width, shown) * detail) || 1;
    const width = Math.max(wanted, 64);
    const height = Math.max(1, Math.round(width * picture.height / picture.width));
    if (canvas.width === width && canvas.height === height)
        return false;
    canvas.width = width;
    canvas.height = height;
    return true;
}

export function drawPicture(gl) {
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
}

/** Gives the context back; browsers have few. */
export function closeGl(gl) {
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
}
