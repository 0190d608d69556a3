"""Finds objects with OpenCV's DNN module (Debian: python3-opencv) in images of just the network's size.

Arguments: cfg, weights, least score, images. Prints for each image the candidates before suppression, as
[class, score, xmin, ymin, xmax, ymax] in pixels.
"""
import json
import os
import sys

import cv2

cfg, weights, threshold, *paths = sys.argv[1:]
network = cv2.dnn.readNetFromDarknet(cfg, weights)
found = {}
for path in paths:
    image = cv2.imread(path)
    height, width = image.shape[:2]
    network.setInput(cv2.dnn.blobFromImage(image, 1 / 255, (width, height), swapRB=True))
    candidates = []
    for head in network.forward(network.getUnconnectedOutLayersNames()):
        for x, y, w, h, _, *scores in head.tolist():
            for k, score in enumerate(scores):
                if score > float(threshold):
                    edges = [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]
                    candidates.append([k, score, *edges])
    found[os.path.basename(path)] = candidates
print(json.dumps(found))
