import { Chip } from '../page/chip.component.tsx';
import { kitTexts } from '../texts/kit-texts.ts';
import type { LiveState } from './live.ts';

/** Says whether what is shown follows the server at this moment. */
export function LiveChip({ state }: { state: LiveState }) {
  const t = kitTexts.use();
  if (state === 'live') return <Chip tone="good">{t('live')}</Chip>;
  return <Chip tone="warn">{t(state === 'connecting' ? 'liveConnecting' : 'liveReconnecting')}</Chip>;
}
