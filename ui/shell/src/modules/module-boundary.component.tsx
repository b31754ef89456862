import { Button, Group } from '@mantine/core';
import { Icon, StateMessage } from '@valero/ui';
import { Component, type ReactNode } from 'react';
import { shellTexts } from '../texts.ts';
import { ModuleContractMismatch, ModuleTimeout } from './load-module.ts';

interface BoundaryProps {
  name: string;
  /** A crash is forgotten when the user goes elsewhere. */
  pathname: string;
  /** Whether the module's service answers; once it does, what failed is loaded again. */
  isUp: boolean;
  /** Makes the next attempt load everything anew. */
  onForget(): void;
  children: ReactNode;
}

/** Whatever happens inside a module stays there: the rest of the product goes on. */
export class ModuleBoundary extends Component<BoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (this.state.error === null) return;
    if (this.props.isUp && !before.isUp) this.retry();
    else if (this.props.pathname !== before.pathname) this.setState({ error: null });
  }

  override componentWillUnmount(): void {
    if (this.state.error !== null) this.props.onForget();
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <ModuleFailure name={this.props.name} error={this.state.error} onRetry={this.retry} />;
  }

  private retry = (): void => {
    this.props.onForget();
    this.setState({ error: null });
  };
}

interface FailureProps {
  name: string;
  error: unknown;
  onRetry(): void;
}

function ModuleFailure({ name, error, onRetry }: FailureProps) {
  const t = shellTexts.use();
  const actions = (
    <Group gap="xs" mt="sm">
      <Button leftSection={<Icon name="restart" size={16} />} onClick={onRetry}>
        {t('retry')}
      </Button>
      <Button variant="default" onClick={() => location.reload()}>
        {t('reload')}
      </Button>
    </Group>
  );
  return (
    <StateMessage
      isPage
      role="alert"
      tone="bad"
      icon="alert"
      title={t('moduleFailed', { name })}
      action={actions}
    >
      {error instanceof ModuleTimeout && `${t('moduleTimeout')} `}
      {error instanceof ModuleContractMismatch && `${t('moduleContract')} `}
      {t('moduleFailedHint')}
    </StateMessage>
  );
}
