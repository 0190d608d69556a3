"""Seconds of frames by PyTorch, the network alone: CFG COUNT, as JSON. Knows yolov3-tiny's layers only."""
import json
import sys
import time

import torch

cfg, count = sys.argv[1:]


class Network(torch.nn.Module):
    def __init__(self, sections):
        super().__init__()
        self.steps = []
        channels, kept = 3, []
        for name, values in sections:
            if name == "convolutional":
                filters, size = int(values["filters"]), int(values["size"])
                normal = "batch_normalize" in values
                layers = [torch.nn.Conv2d(channels, filters, size, int(values["stride"]), size // 2, bias=not normal)]
                if normal:
                    layers.append(torch.nn.BatchNorm2d(filters))
                if values["activation"] == "leaky":
                    layers.append(torch.nn.LeakyReLU(0.1, inplace=True))
                module, channels = torch.nn.Sequential(*layers), filters
            elif name == "maxpool":
                last = values["stride"] == "1"
                pool = torch.nn.MaxPool2d(2, int(values["stride"]))
                module = torch.nn.Sequential(torch.nn.ReplicationPad2d((0, 1, 0, 1)), pool) if last else pool
            elif name == "upsample":
                module = torch.nn.Upsample(scale_factor=2)
            elif name == "route":
                module = [int(place) for place in values["layers"].split(",")]
                module = [place if place >= 0 else len(kept) + place for place in module]
                channels = sum(kept[place] for place in module)
            else:
                module = None
            if isinstance(module, torch.nn.Module):
                self.add_module(f"layer{len(kept)}", module)
            self.steps.append(module)
            kept.append(channels)

    def forward(self, x):
        outputs, heads = [], []
        for step in self.steps:
            if step is None:
                heads.append(x)
            elif isinstance(step, list):
                x = torch.cat([outputs[place] for place in step], 1)
            else:
                x = step(x)
            outputs.append(x)
        return heads


def sections_of(path):
    found = []
    for line in open(path, encoding="utf-8"):
        line = line.split("#")[0].replace(" ", "").strip()
        if line.startswith("["):
            found.append((line.strip("[]"), {}))
        elif line:
            key, value = line.split("=")
            found[-1][1].setdefault(key, value)
    return found[1:]


network = Network(sections_of(cfg)).eval()
image = torch.rand(1, 3, 416, 416)
times = []
with torch.no_grad():
    for _ in range(int(count)):
        began = time.perf_counter()
        network(image)
        times.append(time.perf_counter() - began)
print(json.dumps({"version": torch.__version__, "seconds": times}))
