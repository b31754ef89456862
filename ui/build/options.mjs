/** Vite options that all three kinds of build share. */
export const COMMON = {
  configFile: false,
  logLevel: 'warn',
  define: { 'process.env.NODE_ENV': '"production"' },
};

export const output = (outDir, rolldownOptions = {}) => ({
  outDir,
  emptyOutDir: true,
  target: 'es2022',
  modulePreload: false,
  cssCodeSplit: false,
  chunkSizeWarningLimit: 2000,
  rolldownOptions,
});
