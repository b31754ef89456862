import { useEffect, useEffectEvent, useState } from 'react';
import { type LiveHandlers, type LiveState, openLive } from './live.ts';

/** Follows a stream while the component is on screen; the newest handlers are always the ones called. */
export function useLive(url: string, { onEvent, onState }: LiveHandlers): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const handleEvent = useEffectEvent(onEvent);
  const handleState = useEffectEvent((next: LiveState) => {
    setState(next);
    onState?.(next);
  });
  useEffect(() => openLive(url, { onEvent: handleEvent, onState: handleState }), [url]);
  return state;
}
