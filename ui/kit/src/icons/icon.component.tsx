/** The house's own line icons on a 20 by 20 grid, drawn with one stroke width. */
const PATHS = {
  home: 'M3 9.2 10 3.5l7 5.7M5 8v8.5h10V8M8.3 16.5v-4.7h3.4v4.7',
  inbox: 'M3 11.5 5.3 4h9.4L17 11.5v5H3v-5Zm0 0h4l1 2h4l1-2h4',
  journal: 'M5 3h10.5v14H5a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 5 3Zm2 0v14M10 7h3M10 10h3',
  scale:
    'M10 3.5v13M6 16.5h8M4.5 6h11M4.5 6 2.2 11.2a2.4 2.4 0 0 0 4.6 0L4.5 6Zm11 0-2.3 5.2a2.4 2.4 0 0 0 4.6 0L15.5 6Z',
  accounts: 'M3 4.5h14M3 8.2h14M3 11.8h14M3 15.5h8M6.5 4.5v7.3',
  pulse: 'M2.5 10.5h3.2L8 5l3.5 10.5 2.3-5h3.7',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11Zm4 9.5 3.8 3.8',
  upload: 'M10 13V4M6.5 7.2 10 3.7l3.5 3.5M3.5 13v3.5h13V13',
  download: 'M10 4v9M6.5 9.7l3.5 3.5 3.5-3.5M3.5 13v3.5h13V13',
  check: 'm4 10.5 4 4 8-9',
  circleCheck: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4ZM6.8 10.3l2.2 2.2 4.2-4.6',
  alert: 'M10 3.2 17.5 16h-15L10 3.2Zm0 4.6v3.7M10 13.6v.3',
  circleX: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4ZM7.5 7.5l5 5M12.5 7.5l-5 5',
  info: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4ZM10 9.2v4.2M10 6.4v.3',
  close: 'm5 5 10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  trash: 'M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.3 8.5v5M11.7 8.5v5',
  chevronDown: 'm5.5 8 4.5 4.5L14.5 8',
  chevronUp: 'm5.5 12 4.5-4.5 4.5 4.5',
  chevronRight: 'm8 5.5 4.5 4.5L8 14.5',
  chevronLeft: 'M12 5.5 7.5 10l4.5 4.5',
  chevronsUpDown: 'm6.5 7.5 3.5-3.5 3.5 3.5M6.5 12.5 10 16l3.5-3.5',
  arrowLeft: 'M16.5 10h-13M8.5 5l-5 5 5 5',
  sun: 'M10 6.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6ZM10 2.5v1.2M10 16.3v1.2M2.5 10h1.2M16.3 10h1.2M4.7 4.7l.8.8M14.5 14.5l.8.8M4.7 15.3l.8-.8M14.5 5.5l.8-.8',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z',
  monitor: 'M3 4h14v9.5H3V4Zm4 13h6M10 13.5V17',
  globe:
    'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4ZM2.8 10h14.4M10 2.8c4 4 4 10.4 0 14.4M10 2.8c-4 4-4 10.4 0 14.4',
  signOut: 'M8.5 3.5H4v13h4.5M8 10h9M13.5 6.5 17 10l-3.5 3.5',
  keyboard: 'M2.5 5.5h15v9h-15v-9Zm3 3h.1M8.5 8.5h.1M11.5 8.5h.1M14.5 8.5h.1M6 11.7h8',
  restart: 'M15.8 6.5A6.8 6.8 0 1 0 16.8 10M16.2 3v3.7h-3.7',
  reverse: 'M7 4 3.5 7.5 7 11M3.5 7.5h8a4.5 4.5 0 0 1 0 9H8',
  copy: 'M7 7h9.5v9.5H7V7Zm-3.5 6V3.5H13',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  external: 'M8 4.5H4v11.5h11.5V12M11.5 3.5h5v5M16 4l-7 7',
  clock: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4ZM10 6v4.3l2.8 1.9',
  filter: 'M3 5h14M5.8 10h8.4M8.5 15h3',
  calendar: 'M3.5 5h13v11.5h-13V5Zm0 4h13M7 3v3.5M13 3v3.5',
  document: 'M5 2.8h6.5L15.5 7v10.2H5V2.8Zm6.5 0V7h4M7.8 10.5h5M7.8 13.5h5',
  user: 'M10 3.2a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8ZM3.5 16.8c.8-3 3.3-4.5 6.5-4.5s5.7 1.5 6.5 4.5',
  offline:
    'M3 3l14 14M5.5 9.700a6.8 6.8 0 0 1 2.7-1.500M2.8 6.900a11 11 0 0 1 2.8-1.800M9.3 4a10.8 10.8 0 0 1 7.9 2.900M12.8 8.800a6.7 6.7 0 0 1 1.7 1M8 12.500a3 3 0 0 1 3.5-.3M10 15.500v.2',
  lock: 'M4.5 9h11v8h-11V9Zm2.5 0V6.500a3 3 0 0 1 6 0V9M10 12.300v1.7',
  eye: 'M2.5 10S5.3 4.8 10 4.8 17.5 10 17.5 10 14.7 15.2 10 15.2 2.5 10 2.5 10Zm7.5-2.200a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4',
  eyeOff:
    'M3.5 3.500l13 13M8.3 5.100A7 7 0 0 1 10 4.800c4.7 0 7.5 5.2 7.5 5.200a13 13 0 0 1-2.1 2.700M5.6 6.300A13 13 0 0 0 2.5 10s2.8 5.2 7.5 5.200a7 7 0 0 0 3.7-1.100M8.5 8.400a2.2 2.2 0 0 0 3.1 3.1',
  bolt: 'M11 2.8 4.5 11.200h4.700L8.5 17.2 15.5 8.500h-4.800L11 2.800Z',
} as const;

export type IconName = keyof typeof PATHS;

interface IconProps {
  name: IconName;
  size?: number;
  className?: string;
}

/** Decoration only: the text beside it, or the label of its button, carries the meaning. */
export const Icon = ({ name, size = 18, className }: IconProps) => (
  <svg
    className={className}
    width={size}
    height={size}
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth={1.5}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden
    style={{ flex: 'none' }}
  >
    <path d={PATHS[name] ?? PATHS.document} />
  </svg>
);
