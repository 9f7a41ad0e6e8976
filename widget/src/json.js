// JSON as the language means it. Some older libraries (Prototype before 1.7, MooTools' kin) give arrays and texts a `toJSON`, after
// which a list becomes a text: what stands in the holder is what was there before that was called.

export const jsonOf = (value) =>
  JSON.stringify(value, function (key) {
    return this[key];
  });
