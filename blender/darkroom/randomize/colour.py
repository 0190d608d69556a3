"""Colours of light and of surfaces. No bpy. All colours are linear, with the primaries of sRGB."""

import colorsys


def blackbody(kelvin):
    """[3] the colour of a body that glows at this temperature, its brightest channel 1.
    Chromaticity: Kim et al. 2002 (cubic splines of the Planckian locus), 1,667–25,000 K."""
    t = min(25000.0, max(1667.0, float(kelvin)))
    if t <= 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    big_x, big_z = x / y, (1 - x - y) / y
    # IEC 61966-2-1, XYZ (D65) to linear sRGB
    rgb = (
        3.2406 * big_x - 1.5372 - 0.4986 * big_z,
        -0.9689 * big_x + 1.8758 + 0.0415 * big_z,
        0.0557 * big_x - 0.2040 + 1.0570 * big_z,
    )
    rgb = [max(0.0, part) for part in rgb]
    peak = max(rgb)
    return tuple(part / peak for part in rgb)


def shifted(colour, hue=0.0, saturation=1.0, value=1.0):
    """[3] a colour with its hue turned by a share of the circle, saturation and brightness by factors."""
    h, s, v = colorsys.rgb_to_hsv(*colour[:3])
    return colorsys.hsv_to_rgb((h + hue) % 1.0, min(1.0, s * saturation), v * value)
