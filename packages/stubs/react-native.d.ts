// As much of React Native and its web view as the package uses, for its types to be checked without them.
declare module "react-native" {
  export const Linking: { openURL(address: string): Promise<unknown> };
}

declare module "react-native-webview" {
  export interface WebViewProps {
    source: { uri: string };
    style?: { height: number };
    originWhitelist?: string[];
    setSupportMultipleWindows?: boolean;
    onShouldStartLoadWithRequest?: (request: { url: string }) => boolean;
    onMessage?: (event: { nativeEvent: { data: string; url: string } }) => void;
  }
  export class WebView { constructor(props: WebViewProps); }
}
