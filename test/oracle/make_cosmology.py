"""Distances of astropy: python make_cosmology.py cosmology.json"""

import json
import sys

import astropy
from astropy import units as u
from astropy.constants import GM_sun, c
from astropy.cosmology import FlatLambdaCDM, Planck15
from math import pi

REDSHIFTS = [1e-3, 0.05, 0.2, 0.5, 1.0, 2.0, 6.0, 20.0, 1100.0]
PLANES = [0.2, 0.5, 1.0, 2.0]
PAIRS = [(0.1, 0.2), (0.2, 0.5), (0.5, 1.0), (0.5, 2.0), (1.0, 6.0), (0.001, 20.0)]


def lensing(cosmology, lens, source):
    d_l, d_s = (cosmology.angular_diameter_distance(z) for z in (lens, source))
    d_ls = cosmology.angular_diameter_distance(lens, source)
    solar_masses = c**2 / (4 * pi * GM_sun) * d_s / (d_l * d_ls)
    return {
        "lens": lens,
        "source": source,
        "angular_diameter_distance_mpc": d_ls.to_value(u.Mpc),
        "critical_surface_density_per_kpc2": solar_masses.to_value(u.kpc**-2),
        "time_delay_distance_mpc": ((1 + lens) * d_l * d_s / d_ls).to_value(u.Mpc),
    }


def scaling_factors(cosmology):
    """beta_ij = D_ij D_s / (D_j D_is) of each plane j, for all planes i in front of it."""
    distance, last = cosmology.angular_diameter_distance, PLANES[-1]
    return [
        [float(distance(i, j) * distance(last) / (distance(j) * distance(i, last))) for i in PLANES if i < j]
        for j in PLANES
    ]


def numbers(cosmology):
    return {
        "comoving_distance_mpc": [cosmology.comoving_distance(z).to_value(u.Mpc) for z in REDSHIFTS],
        "angular_diameter_distance_mpc": [cosmology.angular_diameter_distance(z).to_value(u.Mpc) for z in REDSHIFTS],
        "kpc_per_arcsec": [cosmology.kpc_proper_per_arcmin(z).to_value(u.kpc / u.arcsec) for z in REDSHIFTS],
        "scaling_factors": scaling_factors(cosmology),
        "pairs": [lensing(cosmology, lens, source) for lens, source in PAIRS],
    }


with open(sys.argv[1], "w") as file:
    cosmologies = {"planck_2015": Planck15, "no_radiation": FlatLambdaCDM(H0=70, Om0=0.3)}
    found = {name: numbers(cosmology) for name, cosmology in cosmologies.items()}
    json.dump({"astropy": astropy.__version__, "redshifts": REDSHIFTS, "planes": PLANES, **found}, file, indent=1)
    file.write("\n")
