// One accent colour made usable: what lies on it can be read, and it can be read where it is text, in light and in dark.

const SURFACES = {light: [255, 255, 255], dark: [27, 31, 29]};
const TEXT = 4.5;
const PART = 3; // of a button against what is around it

const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// The colour, moved towards `end` in small steps until it stands out enough from a surface.
function moved(colour, surface, end, wanted) {
  let found = colour;
  for (let step = 0; step <= 20 && contrast(found, surface) < wanted; step++)
    found = colour.map((value, part) => Math.round(value + ((end - value) * step) / 20));
  return found;
}

const css = (colour) => `rgb(${colour.join(' ')})`;

// Numbers of a colour in any notation that the browser knows; null where it is none.
function parsed(text, probe) {
  probe.style.color = '';
  probe.style.color = text;
  const numbers = probe.style.color && getComputedStyle(probe).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
  probe.style.color = '';
  return numbers ? numbers.slice(1, 4).map(Number) : null;
}

export function paint(root, accents, dark) {
  const surface = SURFACES[dark ? 'dark' : 'light'];
  const accent = accents.map((one) => one && parsed(one.trim(), root)).find(Boolean) || [23, 98, 79];
  const end = dark ? 255 : 0;
  const ink = moved(accent, surface, end, TEXT + 0.3); // a little more, for text on a tinted surface
  const fill = dark ? ink : moved(accent, surface, end, PART);
  const on = contrast(fill, [255, 255, 255]) >= TEXT ? [255, 255, 255] : [0, 0, 0];
  root.style.setProperty('--fill', css(fill));
  root.style.setProperty('--on-fill', css(on));
  root.style.setProperty('--accent', css(ink));
}
