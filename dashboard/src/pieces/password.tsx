/** A field for a password, whose eye is reached by the keyboard and named in the reader's language. */
import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useSpeech } from "../words/words";

export function Password(props: PasswordInputProps) {
  const { w } = useSpeech();
  return (
    <PasswordInput
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ "aria-label": w.operators.reveal, tabIndex: 0 }}
      {...props}
    />
  );
}
