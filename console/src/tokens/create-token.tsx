import { useController, useForm, useWatch } from "react-hook-form";
import type { Control } from "react-hook-form";
import { isProvider, useRealm } from "../frame/realm.ts";
import { useSession } from "../frame/use-session.ts";
import { LookupChip } from "../lists/lookup-chip.tsx";
import { organizationFilter } from "../lists/lookups.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { FieldError, FormBox, FormChoice, FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import type { IssuedToken } from "./access-token.ts";
import { showSecret } from "./issued.ts";
import styles from "./tokens.module.css";

const SCHEMA = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

interface NewToken {
  readonly name: string;
  readonly owner: string;
  /** Empty: the realm that one is in. */
  readonly organization: string;
  readonly expires: string;
  readonly readOnly: boolean;
  readonly checksPasswords: boolean;
}

const EMPTY: NewToken = {
  name: "",
  owner: "machine",
  organization: "",
  expires: "",
  readOnly: false,
  checksPasswords: false,
};

const OWNERS = [
  { value: "machine", label: "A machine, such as an identity provider" },
  { value: "me", label: "Yourself: it can do what your roles allow" },
];

const ATTRIBUTES = { organization: ["organization", "realm"], expires: ["expiresAt"] };

/** @param userId of the person who makes it */
const resourceOf = (
  { name, owner, organization, expires, readOnly, checksPasswords }: NewToken,
  userId: string,
) => ({
  schemas: [SCHEMA],
  name: name.trim(),
  readOnly,
  // That is for a product, which is no person.
  checksPasswords: checksPasswords && owner !== "me",
  ...(owner === "me" && { user: { value: userId } }),
  ...(organization !== "" && { organization: { value: organization } }),
  // Until the end of that day, where the person is.
  ...(expires !== "" && { expiresAt: new Date(`${expires}T23:59:59`).toISOString() }),
});

/** Makes an access token, whose secret shows once. */
export function CreateToken() {
  const { id: realmId, realm } = useRealm();
  const { user } = useSession();
  const values = useForm({ defaultValues: EMPTY });
  const isOwn = useWatch({ control: values.control, name: "owner" }) === "me";
  const create = async (entered: NewToken) => {
    const token = await scimIn(realmId).create<IssuedToken>("AccessTokens", resourceOf(entered, user.value));
    void queries.invalidateQueries({ queryKey: [realmId, "AccessTokens"] });
    showSecret(token);
    return `../${token.id}`;
  };
  return (
    <FormDialog
      title="Create an access token"
      form={values}
      action="Create the token"
      attributes={ATTRIBUTES}
      onSubmit={create}
    >
      <FormField<NewToken>
        name="name"
        label="Name"
        hint="What it is for: 'Okta production'."
        isRequired
        autoFocus
      />
      <FormChoice<NewToken> name="owner" label="Whose is it?" options={OWNERS} />
      {isProvider(realm) && <Place control={values.control} />}
      <FormField<NewToken>
        name="expires"
        label="Last day"
        type="date"
        hint="Leave it empty for a token that does not expire."
      />
      <FormBox<NewToken>
        name="readOnly"
        label="Read only"
        hint="It can read everything there, and change nothing."
      />
      {!isOwn && (
        <FormBox<NewToken>
          name="checksPasswords"
          label="Checks passwords"
          hint="For the sign-in of your own product."
        />
      )}
    </FormDialog>
  );
}

/** Where it acts: in the whole provider, unless an organization is chosen. */
function Place({ control }: { readonly control: Control<NewToken> }) {
  const { field, fieldState } = useController({ control, name: "organization" });
  return (
    <fieldset className={form.boxes}>
      <legend>Where does it act?</legend>
      <p className={form.hint}>In the whole provider, unless you choose an organization.</p>
      <div className={styles.place}>
        <LookupChip
          filter={organizationFilter}
          value={field.value === "" ? undefined : field.value}
          onChange={(value) => field.onChange(value ?? "")}
        />
      </div>
      <FieldError message={fieldState.error?.message} />
    </fieldset>
  );
}
