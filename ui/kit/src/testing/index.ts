/** @valero/ui/testing: a stand-in for the server, and components rendered as the shell would. */
export * from './fake-server.ts';
export * from './render.tsx';
