/** The tokens of the page as colours that a canvas can draw. */
export interface Colors {
  text: string;
  quiet: string;
  line: string;
  gain: string;
  loss: string;
  warn: string;
  font: string;
}

/** Returns the colours of the theme that an element is shown in. */
export function readColors(element: HTMLElement): Colors {
  const probe = document.createElement('span');
  element.append(probe);
  const colorOf = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: colorOf('text'),
    quiet: colorOf('quiet'),
    line: colorOf('line'),
    gain: colorOf('gain'),
    loss: colorOf('loss'),
    warn: colorOf('warn'),
    font: getComputedStyle(element).fontFamily,
  };
  probe.remove();
  return colors;
}
