"""A real Gradio server with the inputs, names and picture sizes of the Space that spx calls by
default, but no model: what is unknown becomes a smooth tint. Prints its port.

usage: gradio_space.py PORT
prompt_input "fail" raises an error, "slow" takes 20 s."""
import sys
import time

import gradio
from PIL import Image

try:
    ImageSlider = gradio.ImageSlider
except AttributeError:
    from gradio_imageslider import ImageSlider

PAINT = (60, 120, 180)


def place(image, width, height, percent, alignment):
    fit = min(width / image.width, height / image.height)
    full = (int(image.width * fit), int(image.height * fit))
    size = tuple(max(int(side * percent / 100), 64) for side in full)
    x = {"Left": 0, "Right": width - size[0]}.get(alignment, (width - size[0]) // 2)
    y = {"Top": 0, "Bottom": height - size[1]}.get(alignment, (height - size[1]) // 2)
    canvas = Image.new("RGB", (width, height), PAINT)
    canvas.paste(image.convert("RGB").resize(full, Image.LANCZOS).resize(size, Image.LANCZOS),
                 (x, y))
    return canvas


def infer(image, width, height, overlap_percentage, num_inference_steps, resize_option,
          custom_resize_percentage, prompt_input, alignment, overlap_left, overlap_right,
          overlap_top, overlap_bottom, progress=gradio.Progress()):
    if prompt_input == "fail":
        raise gradio.Error("You have exceeded your <b>GPU quota</b> (60s requested vs. 56s left).")
    for _ in progress.tqdm(range(int(num_inference_steps))):
        time.sleep(2.0 if prompt_input == "slow" else 0.02)
    percent = custom_resize_percentage if resize_option == "Custom" else 100
    return image, place(image, int(width), int(height), percent, alignment)


with gradio.Blocks() as demo:
    inputs = [
        gradio.Image(type="pil"),
        gradio.Slider(720, 1536, 720, step=8),
        gradio.Slider(720, 1536, 1280, step=8),
        gradio.Slider(1, 50, 10, step=1),
        gradio.Slider(4, 12, 8, step=1),
        gradio.Radio(["Full", "50%", "33%", "25%", "Custom"], value="Full"),
        gradio.Slider(1, 100, 50, step=1),
        gradio.Textbox(),
        gradio.Dropdown(["Middle", "Left", "Right", "Top", "Bottom"], value="Middle"),
    ] + [gradio.Checkbox(True) for _ in range(4)]
    gradio.Button().click(infer, inputs, ImageSlider(), api_name="infer")
demo.queue(max_size=12).launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
