// Characters that no text of people holds.

/** Control characters but tab and line ends. */
// oxlint-disable-next-line no-control-regex
export const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
