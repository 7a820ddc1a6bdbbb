/**
 * An e-mail's HTML in a frame that can run nothing and sees nothing of the dashboard; its links open in a tab of their
 * own.
 */
import { Text } from "@mantine/core";

const emptyPicture =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='480' height='160'%3E%3Crect width='100%25' height='100%25' fill='%23dfe7e7'/%3E%3C/svg%3E";

/** Links leave the frame; a picture whose address is still a variable gets a grey one. */
function dressed(html: string): string {
  const pictured = html.replace(/(<img\b[^>]*?\bsrc\s*=\s*)(["'])[^"']*\{\{[^"']*\2/gi, `$1$2${emptyPicture}$2`);
  return `<!doctype html><meta charset="utf-8"><base target="_blank"><style>body{margin:16px;font:15px/1.5 system-ui,sans-serif;color:#1b2226;background:#fff}img{max-width:100%;height:auto}</style>${pictured}`;
}

type MailingProps = { html?: string; address?: string | null; text: string; label: string; height?: number };

/** Shows the HTML given, or the page at `address`; the plain text where there is neither. */
export function Mailing({ html = "", address, text, label, height = 460 }: MailingProps) {
  if (html.trim() === "" && !address) {
    return (
      <Text component="pre" size="sm" m={0} style={{ whiteSpace: "pre-wrap", fontFamily: "inherit" }}>
        {text}
      </Text>
    );
  }
  const source = address ? { src: address } : { srcDoc: dressed(html) };
  return (
    <iframe
      title={label}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      {...source}
      style={{
        width: "100%",
        height,
        border: "1px solid var(--line)",
        borderRadius: 10,
        background: "#fff",
        display: "block",
        colorScheme: "light",
      }}
    />
  );
}
