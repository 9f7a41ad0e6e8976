// One accent colour made usable: what lies on it can be read, its edge is seen, and it can be read where it is text, in light and dark.

const SURFACES = {light: [244, 242, 237], dark: [39, 44, 41]}; // the raised one, on which contrast is the harder to have
const TEXT = 4.5;
const PART = 3; // of a button against what is around it

const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// The colour, darker or lighter in small steps until it stands out enough from a surface. It grows stronger before it pales, so
// that it keeps its character.
function moved(colour, surface, lighter, wanted) {
  let found = colour;
  for (let step = 1; step <= 20 && contrast(found, surface) < wanted; step++)
    found = colour.map((value) => {
      const [strong, end] = lighter ? [Math.min(255, value * (1 + step / 20)), 255] : [value, 0];
      return Math.round(strong + ((end - strong) * step) / (lighter ? 40 : 20));
    });
  return contrast(found, surface) < wanted ? (lighter ? [255, 255, 255] : [0, 0, 0]) : found;
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

// As a surface the colour stays as it is, with a line around it where it is too near to what is behind it. Only as text it moves.
export function paint(root, accents, dark) {
  const surface = SURFACES[dark ? 'dark' : 'light'];
  const fill = accents.map((one) => one && parsed(one.trim(), root)).find(Boolean) || [23, 98, 79];
  const on = contrast(fill, [255, 255, 255]) >= TEXT ? [255, 255, 255] : [0, 0, 0];
  root.style.setProperty('--fill', css(fill));
  root.style.setProperty('--on-fill', css(on));
  root.style.setProperty('--rim', contrast(fill, surface) < PART ? css(moved(fill, surface, dark, PART)) : css(fill));
  root.style.setProperty('--accent', css(moved(fill, surface, dark, TEXT + 0.3))); // a little more: some surfaces are tinted
}
