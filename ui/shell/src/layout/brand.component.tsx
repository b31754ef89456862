/** The mark and the name; the ledger's two sides meet in the V. */
export const Brand = ({ tenant }: { tenant?: string | undefined }) => (
  <div className="s-brand">
    <svg viewBox="0 0 32 32" width={28} height={28} aria-hidden>
      <rect width="32" height="32" rx="8" fill="#4250c4" />
      <path
        d="M8.5 10 16 23l7.5-13"
        fill="none"
        stroke="#fff"
        strokeWidth="3.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="16" cy="10" r="2" fill="#c5cefa" />
    </svg>
    <div>
      <strong>VALERO</strong>
      <span className="v-cut">{tenant ?? 'NeuroERP'}</span>
    </div>
  </div>
);
