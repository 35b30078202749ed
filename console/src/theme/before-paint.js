// Runs before the first paint, as a script of its own: see console/vite.config.ts.
(() => {
  const root = document.documentElement;
  const [, stored = ''] = /(?:^|; )passwire-preferences=([^;]*)/.exec(document.cookie) ?? [];
  const wanted = new URLSearchParams(stored).get('scheme') ?? root.dataset.theme;
  const isDark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
