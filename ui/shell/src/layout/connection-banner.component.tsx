import { Icon, useConnection } from '@valero/ui';
import { shellTexts } from '../texts.ts';

/** Appears only when the server cannot be reached, and for a moment when it is back. */
export function ConnectionBanner() {
  const t = shellTexts.use();
  const connection = useConnection();
  return (
    <div role="status">
      {connection === 'lost' && (
        <p className="s-banner v-tone-warn">
          <Icon name="offline" size={16} />
          {t('connectionLost')}
        </p>
      )}
      {connection === 'back' && (
        <p className="s-banner v-tone-good">
          <Icon name="circleCheck" size={16} />
          {t('connectionBack')}
        </p>
      )}
    </div>
  );
}
