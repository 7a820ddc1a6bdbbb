/** One accent colour, one typeface, and the few defaults every page shares. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#e8f7f5",
  "#d3ece9",
  "#a6d9d3",
  "#74c4bc",
  "#4db3a9",
  "#2fa499",
  "#159488",
  "#0b7a72",
  "#07645d",
  "#024e48",
];

/** Greys with a little of the accent in them; the kit's own are neutral. From text to the deepest ground. */
const dark: MantineColorsTuple = [
  "#e2e7ea",
  "#c3cbd0",
  "#a3adb3",
  "#7d888e",
  "#3a4347",
  "#2b3134",
  "#20262a",
  "#181c1e",
  "#131718",
  "#101314",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, dark },
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: { fontWeight: "650" },
  components: {
    Paper: { defaultProps: { radius: "lg" } },
    Table: { defaultProps: { verticalSpacing: "sm", horizontalSpacing: "lg" } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, events: { hover: true, focus: true, touch: true } } },
    Badge: { defaultProps: { variant: "light", tt: "none", fw: 550 } },
    Modal: { defaultProps: { centered: true, radius: "lg" } },
    // A dialog's header is not the page's: a second banner would be in the way of who jumps between landmarks.
    ModalHeader: { defaultProps: { role: "presentation" } },
  },
});

/** Quiet text, links and lines with enough contrast on both grounds (WCAG AA, 4.5 to 1). */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#5b6670",
    "--mantine-color-anchor": "#07645d",
    "--ground": "#f6f7f7",
    "--card": "#ffffff",
    "--line": "#e3e7e7",
    "--accent": "#0b7a72",
    "--accent-soft": "#e8f7f5",
    "--accent-text": "#07645d",
    "--second": "#c2751a",
    "--grey-mark": "#8b969e",
    "--dots": "#cfd6d6",
    "--mantine-color-placeholder": "#68737b",
    "--good-soft": "#d9f0ed",
    "--good-text": "#07554f",
    "--quiet-soft": "#eceff0",
    "--quiet-text": "#414b52",
    "--doubt-soft": "#fbe9cf",
    "--doubt-text": "#7a4204",
    "--bad-soft": "#fbdfdf",
    "--bad-text": "#8f1717",
  },
  dark: {
    "--mantine-color-body": "#16191b",
    "--mantine-color-dimmed": "#a3adb3",
    "--mantine-color-anchor": "#74c4bc",
    "--ground": "#101314",
    "--card": "#181c1e",
    "--line": "#2b3134",
    "--accent": "#2fa499",
    "--accent-soft": "#13302d",
    "--accent-text": "#8fd3cc",
    "--second": "#e0a052",
    "--grey-mark": "#7d888e",
    "--mantine-color-pine-light": "#13302d",
    "--mantine-color-pine-light-hover": "#193b37",
    "--mantine-color-pine-light-color": "#8fd3cc",
    "--dots": "#333a3d",
    "--mantine-color-placeholder": "#8f9aa0",
    "--good-soft": "#12352f",
    "--good-text": "#8fd8cd",
    "--quiet-soft": "#2a3033",
    "--quiet-text": "#c0c9ce",
    "--doubt-soft": "#40290c",
    "--doubt-text": "#f0bd7b",
    "--bad-soft": "#451b1b",
    "--bad-text": "#f5b0b0",
  },
});
