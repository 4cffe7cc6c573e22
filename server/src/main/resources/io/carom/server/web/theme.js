// Before the page is drawn: dark or light as it was chosen, else as the system has it.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('theme');
  } catch (e) {
    chosen = null;
  }
  if (chosen === 'dark' || chosen === 'light') {
    document.documentElement.dataset.theme = chosen;
  }
})();
