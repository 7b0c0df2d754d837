import { useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { oneQuery } from "../lists/resource-panel.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { FormChoice } from "../ui/form.tsx";
import { isolated } from "../ui/isolated.ts";
import type { AccessToken, IssuedToken } from "./access-token.ts";
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
  const { data } = useQuery(oneQuery<AccessToken>(realmId, "AccessTokens", useOpenId()));
  return data ? <RotateForm token={data} /> : null;
}

function RotateForm({ token: { id, name } }: { readonly token: AccessToken }) {
  const { id: realmId } = useRealm();
  const form = useForm({ defaultValues: { overlap: String(24 * HOUR) } });
  const rotate = async ({ overlap }: { readonly overlap: string }) => {
    const body = { overlap: Number(overlap) };
    showSecret(await scimIn(realmId).create<IssuedToken>(`AccessTokens/${id}/rotate`, body));
    void queries.invalidateQueries({ queryKey: [realmId, "AccessTokens"] });
    return "..";
  };
  return (
    <FormDialog
      title={`Make a new secret for ${isolated(name)}`}
      form={form}
      action="Make the new secret"
      onSubmit={rotate}
    >
      <FormChoice
        name="overlap"
        label="How long is the present secret valid?"
        hint="Long enough to enter the new one wherever the token is used."
        options={OVERLAPS}
      />
    </FormDialog>
  );
}
