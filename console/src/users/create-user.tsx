import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useFieldArray, useForm } from "react-hook-form";
import { showResults } from "../acts/act-store.ts";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { Picker } from "../lists/picker.tsx";
import { refusalOf } from "../scim/client.ts";
import { patchIn } from "../scim/patch.ts";
import { MEMBERSHIP, USER } from "../scim/resources.ts";
import { queries, scimIn } from "../server.ts";
import { IconButton } from "../ui/button.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { FormBox, FormBoxes, FormField } from "../ui/form.tsx";
import { trimmed } from "../ui/trimmed.ts";
import form from "../ui/form.module.css";
import { givenRoles, grantableRoles } from "./roles.ts";

interface NewUser {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phone: string;
  /** In the realm. */
  readonly roles: readonly string[];
  /** In the provider's realm, what the person is added to. */
  readonly organizations: readonly NewMembership[];
  readonly sendSetupEmail: boolean;
}

interface NewMembership {
  readonly organization: string;
  readonly name: string;
  readonly roles: readonly string[];
}

const EMPTY: NewUser = {
  ...{ userName: "", givenName: "", familyName: "", email: "", phone: "" },
  ...{ roles: [], organizations: [], sendSetupEmail: true },
};

const ATTRIBUTES = { email: ["emails"], phone: ["phoneNumbers"] };

/** What is sent of a person: what was left empty is left out. */
function resourceOf({ userName, givenName, familyName, email, phone, roles, sendSetupEmail }: NewUser) {
  const displayName = [givenName, familyName].filter(Boolean).join(" ");
  return {
    schemas: [USER, MEMBERSHIP],
    userName,
    ...(displayName !== "" && { displayName, name: { givenName, familyName } }),
    ...(email !== "" && { emails: [{ value: email, type: "work", primary: true }] }),
    ...(phone !== "" && { phoneNumbers: [{ value: phone, type: "work" }] }),
    ...(roles.length > 0 && { roles: roles.map((value) => ({ value })) }),
    ...(sendSetupEmail && { [MEMBERSHIP]: { sendSetupEmail } }),
  };
}

/** The person as the operations of the same Bulk refer to them. */
const NEW = "bulkId:user";

/** All of it in one request. @returns the id of the account @throws ScimError when it was not created */
async function createIn(realm: string, entered: NewUser): Promise<string> {
  const { organizations } = entered;
  const [created, ...joined] = await scimIn(realm).bulk([
    { method: "POST", path: "/Users", bulkId: "user", data: resourceOf(entered) },
    ...organizations.map(({ organization }) =>
      patchIn(`/Groups/${organization}`, { op: "add", path: "members", value: [{ value: NEW }] }),
    ),
    ...organizations.map(({ organization, roles }) =>
      patchIn(`/Users/${NEW}`, givenRoles(roles, organization)),
    ),
  ]);
  if (!created?.location) throw refusalOf(created);
  const problems = joined.flatMap((result, index) => {
    const place = organizations[index % organizations.length];
    if (!place || Number(result.status) < 400) return [];
    const { organization: id, name } = place;
    const item = { id, name, detail: "", operation: patchIn(`/Groups/${id}`) };
    return [{ item, outcome: "failed" as const, reason: refusalOf(result).message }];
  });
  // The account is there; what is missing can be added to it.
  if (problems.length > 0) showResults(realm, partlyCreated(entered.userName), problems);
  return created.location.slice(created.location.lastIndexOf("/") + 1);
}

const partlyCreated = (userName: string) => ({
  ...{ doing: "", done: () => "", doneOne: () => "" },
  failed: (name: ReactNode) => (
    <>
      <bdi>{userName}</bdi> was created, but not added to {name} with all the roles
    </>
  ),
});

/** Creates an account; in an organization's realm, a person of the organization. */
export function CreateUser() {
  const { id, realm } = useRealm();
  const values = useForm({ defaultValues: EMPTY });
  const create = async (entered: NewUser) => {
    const created = await createIn(id, trimmed(entered));
    void queries.invalidateQueries({ queryKey: [id] });
    return `../${created}`;
  };
  const roles = grantableRoles(realm, isProvider(realm) ? "provider" : "organization");
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
      <div className={form.row}>
        <FormField<NewUser> name="email" label="Work e-mail" type="email" />
        <FormField<NewUser> name="phone" label="Work phone" type="tel" />
      </div>
      {isProvider(realm) && may(realm, "change Groups") && <Organizations />}
      {roles.length > 0 && (
        <FormBoxes<NewUser>
          name="roles"
          label={isProvider(realm) ? "Roles in the provider" : "Roles"}
          options={roles}
        />
      )}
      <FormBox<NewUser>
        name="sendSetupEmail"
        label="Send a mail with a link to choose a password"
        hint="It goes to the work e-mail, or to the user name if that is an address."
      />
    </FormDialog>
  );
}

/** The organizations that the person is added to, with roles in each. */
function Organizations() {
  const { realm } = useRealm();
  const { fields, append, remove } = useFieldArray<{ organizations: NewMembership[] }>({
    name: "organizations",
  });
  return (
    <>
      <Picker
        label="Organizations"
        hint="Any number; choose one after the other."
        path="Groups"
        without={fields.map(({ organization }) => organization)}
        onPick={({ id, name }) => append({ organization: id, name, roles: [] }, { shouldFocus: false })}
      />
      {fields.map(({ id, name }, index) => (
        <div key={id} className={form.part}>
          <FormBoxes
            name={`organizations.${index}.roles`}
            label={`Roles in ${name}`}
            options={grantableRoles(realm, "organization")}
          />
          <IconButton label={`Without ${name}`} onPress={() => remove(index)}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
    </>
  );
}
