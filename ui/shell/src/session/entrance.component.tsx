import { LANGUAGES, type Language, setLanguage, useLanguage } from '@valero/ui';
import type { ReactNode } from 'react';
import { Brand } from '../layout/brand.component.tsx';
import { shellTexts } from '../texts.ts';

interface EntranceProps {
  title: string;
  hint: string;
  children: ReactNode;
}

/** The frame of every page before the product itself: a form on the left, a quiet picture beside it. */
export function EntranceFrame({ title, hint, children }: EntranceProps) {
  const t = shellTexts.use();
  const language = useLanguage();
  return (
    <div className="s-entrance">
      <main>
        <Brand />
        <div className="s-entrance-form">
          <h1>{title}</h1>
          <p className="v-muted">{hint}</p>
          {children}
        </div>
        <nav aria-label={t('language')}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <button
              key={code}
              type="button"
              lang={code}
              aria-pressed={code === language}
              onClick={() => setLanguage(code as Language)}
            >
              {name}
            </button>
          ))}
        </nav>
      </main>
      <aside className="s-entrance-picture">
        <LedgerPicture />
        <p>{t('claim')}</p>
        <p>{t('claimMore')}</p>
      </aside>
    </div>
  );
}

const LINES = [
  [62, 18, 0],
  [48, 14, 0],
  [70, 0, 20],
  [40, 16, 0],
  [56, 0, 12],
  [66, 0, 22],
] as const;

/** An abstract journal: text, debit, credit, and the sums that meet. */
const LedgerPicture = () => (
  <div className="s-ledger" aria-hidden>
    {LINES.map(([text, debit, credit]) => (
      <div key={text}>
        <i style={{ width: `${text}%` }} />
        <i style={{ width: `${debit * 4}%` }} />
        <i style={{ width: `${credit * 4}%` }} />
      </div>
    ))}
    <div>
      <span />
      <i style={{ width: '88%' }} />
      <i style={{ width: '88%' }} />
    </div>
  </div>
);
