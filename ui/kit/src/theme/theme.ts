import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#f1f3fe',
  '#e2e7fd',
  '#c5cefa',
  '#a3b0f5',
  '#8291ef',
  '#6475e8',
  '#4f5fdd',
  '#4250c4',
  '#353f9f',
  '#2a327d',
];
const gray: MantineColorsTuple = [
  '#f8f9fb',
  '#f1f3f6',
  '#e6e9ee',
  '#d6dae1',
  '#b6bdc8',
  '#8d95a3',
  '#687180',
  '#4b5462',
  '#333a46',
  '#1d222b',
];
const dark: MantineColorsTuple = [
  '#e3e6eb',
  '#c6cbd4',
  '#a2a9b6',
  '#7c8492',
  '#454c58',
  '#333943',
  '#262b34',
  '#1a1e25',
  '#14171d',
  '#0e1015',
];

/** The two shades for filled buttons (6 dark, 7 light) carry white text. */
const red: MantineColorsTuple = [
  '#fef1f1',
  '#fde0e1',
  '#fac5c7',
  '#f59da1',
  '#ee7278',
  '#e2525a',
  '#cf3f45',
  '#b4232c',
  '#951c24',
  '#7a171e',
];

const FONT = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  colors: { ink, gray, dark, red },
  fontFamily: FONT,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontFamily: FONT,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.35' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { size: 'md' } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35, blur: 2 } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
    Combobox: { defaultProps: { shadow: 'md' } },
  },
});

/** Colours that pass WCAG AA in both schemes where the library's own do not. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1d222b',
    '--mantine-color-dimmed': '#5f6877',
    '--mantine-color-placeholder': '#687180',
    '--mantine-color-error': '#b4232c',
    '--mantine-color-default-border': '#d6dae1',
  },
  dark: {
    '--mantine-color-body': '#14171d',
    '--mantine-color-text': '#e3e6eb',
    '--mantine-color-dimmed': '#a2a9b6',
    '--mantine-color-placeholder': '#8d95a3',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-default': '#1a1e25',
    '--mantine-color-default-hover': '#262b34',
    '--mantine-color-default-border': '#333943',
    '--mantine-color-anchor': '#a3b0f5',
  },
});
