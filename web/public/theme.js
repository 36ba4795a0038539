// Sets the theme that was chosen before the first paint. Without a choice the system's theme is used.
const chosen = localStorage.getItem('theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
