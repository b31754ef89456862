import { type ReactNode, useEffect } from 'react';

interface PageHeaderProps {
  title: string;
  /** What is shown in the tab of the browser; the title if left out. */
  tab?: string;
  description?: ReactNode;
  /** What the page is for; left out on phones. */
  hint?: string;
  /** Above the title: the way back. */
  back?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, tab = title, description, hint, back, badge, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${tab} · VALERO`;
  }, [tab]);
  return (
    <header className="v-page-header">
      <div className="v-page-heading">
        {back}
        <div className="v-page-title">
          <h1>{title}</h1>
          {badge}
        </div>
        {description && <p className="v-muted">{description}</p>}
        {hint && <p className="v-muted v-page-hint">{hint}</p>}
      </div>
      {actions && <div className="v-page-actions">{actions}</div>}
    </header>
  );
}
