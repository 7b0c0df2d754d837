import { useForm } from "react-hook-form";
import { useParams } from "react-router";
import { useRealm } from "../frame/realm.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { Choices } from "./choices.tsx";
import type { IssuedToken } from "./access-token.ts";
import { showSecret } from "./issued.ts";

const HOUR = 3600;

const OVERLAPS = [
  { value: "0", label: "It ends at once" },
  { value: String(HOUR), label: "For an hour" },
  { value: String(24 * HOUR), label: "For a day" },
  { value: String(7 * 24 * HOUR), label: "For a week" },
];

/** Gives a token a new secret, while the old one stays valid for a time. */
export function RotateToken() {
  const { id: realmId } = useRealm();
  const { id = "" } = useParams();
  const form = useForm({ defaultValues: { overlap: String(24 * HOUR) } });
  const rotate = async ({ overlap }: { readonly overlap: string }) => {
    const body = { overlap: Number(overlap) };
    showSecret(await scimIn(realmId).create<IssuedToken>(`AccessTokens/${id}/rotate`, body));
    void queries.invalidateQueries({ queryKey: [realmId, "AccessTokens"] });
    return "..";
  };
  return (
    <FormDialog title="Make a new secret" form={form} action="Make the new secret" onSubmit={rotate}>
      <Choices
        label="How long is the present secret valid?"
        hint="Long enough to enter the new one wherever the token is used."
        options={OVERLAPS}
        {...form.register("overlap")}
      />
    </FormDialog>
  );
}
