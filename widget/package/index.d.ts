/** What the page says of the chat that it wants; `host` is the front's address, `site` a name of its sites file. */
export interface Options {
  host: string;
  site: string;
  /** Language; else the page's `lang`, else the browser's. */
  lang?: string;
  theme?: 'light' | 'dark';
  dir?: 'ltr' | 'rtl';
  /** Its layer on the page; else above all others. */
  zIndex?: number | string;
  /** Pixels from the side and from the bottom. */
  offsetX?: number | string;
  offsetY?: number | string;
}

/** Something was said, in any tab of the visitor; never the words. */
export interface MessageDetail {
  author: 'visitor' | 'advisor' | 'person' | 'front';
  /** What the answer was: `answered`, `declined` and so on. */
  outcome?: string;
}

export interface FailedDetail {
  /** Why the chat is not shown, in a sentence for the page's owner. */
  reason: string;
}

export interface Events {
  ready: void;
  opened: void;
  closed: void;
  message: MessageDetail;
  failed: FailedDetail;
}

export interface Chat {
  /** Resolves once the button is there; rejects where the chat cannot be shown. */
  readonly ready: Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
  /** Opens the chat and asks that for the visitor, once they have agreed to the notice. Rejects what is too long. */
  ask(text: string): Promise<void>;
  /** Says who is signed in to the page: a token that the page's server has signed; '' when nobody is any more. */
  identify(token: string): Promise<void>;
  /** Returns a function that ends it. */
  on<Kind extends keyof Events>(kind: Kind, listener: (detail: Events[Kind]) => void): () => void;
  /** Takes the chat off the page unless another holds it. */
  unmount(): void;
}

/** Put the chat on the page, or join whoever has. Throws outside a browser; importing is safe there. */
export function mount(options: Options): Chat;
