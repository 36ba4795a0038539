export type Theme = 'system' | 'light' | 'dark';

/** Returns the theme that the person chose. */
export function chosenTheme(): Theme {
  const chosen = localStorage.getItem('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

/** Sets the theme, for this visit and later ones. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    localStorage.removeItem('theme');
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem('theme', theme);
    document.documentElement.dataset['theme'] = theme;
  }
  document.dispatchEvent(new Event('theme'));
}
