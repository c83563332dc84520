// As much of Angular as the package uses, for its types to be checked where Angular is not installed.
declare module "@angular/core" {
  export class ElementRef<T = unknown> { nativeElement: T; }
  export class EventEmitter<T> { emit(value: T): void; }
  export interface OnInit { ngOnInit(): void; }
  export interface OnChanges { ngOnChanges(changes: Record<string, unknown>): void; }
  export interface OnDestroy { ngOnDestroy(): void; }
  export const ɵɵFactoryTarget: { readonly Component: number };
  export type ɵɵFactoryDeclaration<Type, Dependencies> = unknown;
  export type ɵɵComponentDeclaration<
    Type, Selector, ExportAs, Inputs, Outputs, Queries, Slots, IsStandalone, Directives
  > = unknown;
  export function ɵɵngDeclareFactory(declaration: object): unknown;
  export function ɵɵngDeclareComponent(declaration: object): unknown;
}
