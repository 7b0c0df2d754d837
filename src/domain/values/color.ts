/*
 * Colours of a brand on pages and in mail: they stay what they are where text in them can be read, and are darkened or
 * lightened where it cannot (WCAG 2.2, 1.4.3).
 */

/** The least contrast of text, for people who see less well. */
const LEAST_CONTRAST = 4.5;

/** How much of black or white each step adds. */
const STEP = 0.02;

/**
 * The backgrounds that text in the brand's colour stands on, as in `templates/en/pages/page.css`: of the light ones the
 * darkest, of the dark ones the lightest.
 */
export const SURFACES = { light: "#f4f5f7", dark: "#262a31" } as const;

/** The accent of pages and mail in each mode, as `#rrggbb`. */
export interface Accents {
  readonly light: string;
  readonly dark: string;
}

/** The accents that a brand's colour gives. @param color `#rrggbb` */
export const accentsOf = (color: string): Accents => ({
  light: readableOn(SURFACES.light, color),
  dark: readableOn(SURFACES.dark, color),
});

/** The contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The colour itself, or the nearest mixture with black or white that can be read on the background. */
function readableOn(background: string, color: string): string {
  const target = luminance(background) > 0.18 ? 0 : 255;
  for (let share = 0; share < 1; share += STEP) {
    const mixed = toHex(channels(color).map((channel) => channel + (target - channel) * share));
    if (contrast(mixed, background) >= LEAST_CONTRAST) return mixed;
  }
  return target === 0 ? "#000000" : "#ffffff";
}

/** The relative luminance of WCAG 2.2. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const channels = (color: string) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

const toHex = (values: readonly number[]) =>
  `#${values.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
