import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon, type IconName } from '../icons/icon.component.tsx';
import type { Tone } from './chip.component.tsx';

interface NextStepProps {
  icon: IconName;
  tone?: Tone;
  title: string;
  description?: ReactNode;
  to: string;
}

/** One thing to do, as a line that leads there. */
export const NextStep = ({ icon, tone = 'info', title, description, to }: NextStepProps) => (
  <li>
    <Link to={to} className="v-step">
      <span className={`v-state-icon v-tone-${tone}`}>
        <Icon name={icon} />
      </span>
      <span>
        <strong>{title}</strong>
        {description && <span className="v-muted">{description}</span>}
      </span>
      <Icon name="chevronRight" className="v-muted" />
    </Link>
  </li>
);

/** Steps of one module under its heading. */
export const NextSteps = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h2 className="v-steps-title">{title}</h2>
    <ul className="v-card v-steps">{children}</ul>
  </section>
);
