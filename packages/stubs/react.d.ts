// As much of React as the packages use, for their types to be checked where its types are not installed.
declare module "react" {
  export interface ReactElement { readonly type: unknown; readonly props: unknown; readonly key: string | null; }
  export type ReactNode = ReactElement | string | number | boolean | null | undefined | Iterable<ReactNode>;
  export interface RefObject<T> { readonly current: T | null; }
  export interface MutableRefObject<T> { current: T; }
  export type FunctionComponent<Props> = (props: Props) => ReactElement;
  export function createElement<Props>(
    type: FunctionComponent<Props> | (new (props: Props) => object), props: Props, ...children: ReactNode[]
  ): ReactElement;
  export function createElement(
    type: string, props: Record<string, unknown> | null, ...children: ReactNode[]
  ): ReactElement;
  export function useEffect(effect: () => (() => void) | undefined, changes?: readonly unknown[]): void;
  export function useRef<T>(initial: T): MutableRefObject<T>;
  export function useRef<T>(initial: T | null): RefObject<T>;
  export function useState<T>(initial: T): [T, (value: T) => void];
}
