import { notifications } from '@mantine/notifications';
import { asProblem } from '../api/problem.ts';
import { kitTexts } from '../texts/kit-texts.ts';

/** A short confirmation in the corner, announced to screen readers. */
export const notifyDone = (message: string): void => {
  notifications.show({ message, color: 'green', autoClose: 4_000, closeButtonProps: closeLabel() });
};

export const notifyProblem = (error: unknown, title?: string): void => {
  notifications.show({
    title: title ?? kitTexts.t('errorTitle'),
    message: asProblem(error).message,
    color: 'red',
    autoClose: 10_000,
    closeButtonProps: closeLabel(),
  });
};

const closeLabel = () => ({ 'aria-label': kitTexts.t('close') });
