/** A spec with one of everything that a first step knows. */
export const EXAMPLE = `# An ALMA lens
datasets:
  alma:
    type: interferometer
    visibilities: data.fits
    noise_map: noise.fits[1]
    uv_wavelengths: uv.npz[uv]
    grid: { shape: [100, 90], pixel_scale: 50 mas, offset: [0.1, -0.2] }
    mask: { type: circular, radius: 2.5 }
    primary_beam: { fwhm: 0.5 arcmin }
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, intensity: linear, effective_radius: 0.8, sersic_index: 4.0 }
    mass:
      profile: Isothermal
      centre: [{ prior: gaussian, mean: 0.0, sigma: 50 mas }, 0.02]
      ell_comps: [0.1, { prior: uniform, lower: -0.2, upper: 0.3 }]
      einstein_radius: { prior: log_uniform, lower: 500 mas, upper: 2.5 }
    shear: { profile: ExternalShear, gamma_1: 0.03, gamma_2: -0.04 }
  source:
    redshift: 1.0
    pixelization:
      mesh: { type: rectangular_uniform, shape: [30, 20], edges: extrapolate }
      regularization: { type: constant, coefficient: { prior: log_uniform, lower: 1.0e-3, upper: 1.0e+3 } }
search: { method: nested, live_points: 200 }
settings: { evidence: pyautolens, positive_only: true }
`;
