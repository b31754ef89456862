export * from './data-grid.component.tsx';
export * from './grid.types.ts';
export * from './use-windows.ts';
