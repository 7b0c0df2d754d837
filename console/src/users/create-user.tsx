import { useForm } from "react-hook-form";
import { useRealm } from "../frame/realm.ts";
import { USER } from "../scim/resources.ts";
import type { User } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { FormField } from "../ui/form.tsx";
import { trimmed } from "../ui/trimmed.ts";
import form from "../ui/form.module.css";

interface NewUser {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phone: string;
}

const EMPTY: NewUser = { userName: "", givenName: "", familyName: "", email: "", phone: "" };

const ATTRIBUTES = { email: ["emails"], phone: ["phoneNumbers"] };

/** What is sent of a person: what was left empty is left out. */
function resourceOf({ userName, givenName, familyName, email, phone }: NewUser) {
  const displayName = [givenName, familyName].filter(Boolean).join(" ");
  return {
    schemas: [USER],
    userName,
    ...(displayName !== "" && { displayName, name: { givenName, familyName } }),
    ...(email !== "" && { emails: [{ value: email, type: "work", primary: true }] }),
    ...(phone !== "" && { phoneNumbers: [{ value: phone, type: "work" }] }),
  };
}

/** Creates an account; in an organization's realm, a person of the organization. */
export function CreateUser() {
  const { id: realm } = useRealm();
  const values = useForm({ defaultValues: EMPTY });
  const create = async (entered: NewUser) => {
    const user = await scimIn(realm).create<User>("Users", resourceOf(trimmed(entered)));
    void queries.invalidateQueries({ queryKey: [realm] });
    return `../${user.id}`;
  };
  return (
    <FormDialog
      title="Create a user"
      form={values}
      action="Create the user"
      attributes={ATTRIBUTES}
      onSubmit={create}
    >
      <FormField<NewUser>
        name="userName"
        label="User name"
        hint="Often the e-mail address."
        isRequired
        autoFocus
      />
      <div className={form.row}>
        <FormField<NewUser> name="givenName" label="First name" />
        <FormField<NewUser> name="familyName" label="Last name" />
      </div>
      <FormField<NewUser> name="email" label="Work e-mail" type="email" />
      <FormField<NewUser> name="phone" label="Work phone" type="tel" />
    </FormDialog>
  );
}
