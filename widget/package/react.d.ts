import type {Chat, FailedDetail, MessageDetail, Options} from './index.js';

export interface AdvisorChatProps extends Options {
  /** A token that the page's server has signed; '' when nobody is signed in any more. */
  identity?: string;
  onReady?(): void;
  onOpened?(): void;
  onClosed?(): void;
  onMessage?(detail: MessageDetail): void;
  onFailed?(detail: FailedDetail): void;
}

/** Keeps the chat on the page while the component is there; the calls that are returned are the same at each render. */
export function useAdvisorChat(props: AdvisorChatProps): Pick<Chat, 'open' | 'close' | 'ask' | 'identify'>;

/** The same, where nothing is to be called. */
export function AdvisorChat(props: AdvisorChatProps): null;
