import { nameOfRealm } from "../frame/realm-name.ts";
import { isProvider, useRealm } from "../frame/realm.ts";
import { realmOf, useSession } from "../frame/use-session.ts";
import { EditDialog } from "../lists/edit-dialog.tsx";
import { useOpenId } from "../lists/use-open-id.ts";
import type { User } from "../scim/resources.ts";
import { FormEntries } from "../ui/entries-field.tsx";
import { FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import { ManagerField } from "./manager.tsx";
import { userQuery } from "./one-user.ts";
import { ATTRIBUTES, LABELS, operationOf, PARTS, TEXTS, valuesOf } from "./profile-values.ts";
import type { ProfileText, ProfileValues, TextName } from "./profile-values.ts";
import { ProvisionedNote } from "./provisioned.tsx";

/** Changes a person: the account, or the record that an organization has of the person. */
export function EditUser() {
  const { id: realmId } = useRealm();
  return (
    <EditDialog<User, ProfileValues>
      noun="person"
      path="Users"
      query={userQuery(realmId, useOpenId())}
      valuesOf={valuesOf}
      operationOf={operationOf}
      labels={LABELS}
      attributes={ATTRIBUTES}
    >
      {(user) => <ProfileFields user={user} />}
    </EditDialog>
  );
}

function ProfileFields({ user }: { readonly user: User }) {
  return (
    <>
      <Whose />
      <ProvisionedNote user={user} />
      <FormField<ProfileValues> name="userName" label={TEXTS.userName.label} isRequired autoFocus />
      <Texts user={user} names={["displayName"]} />
      <Texts user={user} names={["givenName", "familyName"]} />
      <Texts
        user={user}
        names={["middleName", "honorificPrefix", "honorificSuffix", "formatted", "nickName"]}
      />
      <FormEntries<ProfileValues> name="emails" label={LABELS.emails} parts={PARTS.emails} hasPrimary />
      <FormEntries<ProfileValues>
        name="phoneNumbers"
        label={LABELS.phoneNumbers}
        parts={PARTS.phoneNumbers}
      />
      <FormEntries<ProfileValues> name="addresses" label={LABELS.addresses} parts={PARTS.addresses} />
      <Texts
        user={user}
        names={["title", "department", "division", "costCenter", "employeeNumber", "company"]}
      />
      <ManagerField />
      <Texts user={user} names={["userType", "preferredLanguage", "locale", "timezone"]} />
      <Texts user={user} names={["externalId"]} />
    </>
  );
}

/** What is changed here, and what is not. */
function Whose() {
  const { id: realmId, realm } = useRealm();
  const here = realmOf(useSession(), realmId);
  return isProvider(realm) ? (
    <p>
      This is the person’s account. Organizations that keep a record of their own of the person do not follow
      it.
    </p>
  ) : (
    <p>
      This is what <bdi>{here ? nameOfRealm(here) : "the organization"}</bdi> keeps of the person. Other
      organizations do not see it, and what they keep stays as it is.
    </p>
  );
}

interface TextsProps {
  readonly user: User;
  readonly names: readonly TextName[];
}

/** Fields in rows; rare ones where they have a value. */
function Texts({ user, names }: TextsProps) {
  const values = valuesOf(user);
  const shown = names.filter((name) => {
    const { isRare = false }: ProfileText = TEXTS[name];
    return !isRare || values[name] !== "";
  });
  if (shown.length === 0) return null;
  return (
    <div className={form.row}>
      {shown.map((name) => {
        const { label, hint }: ProfileText = TEXTS[name];
        return <FormField<ProfileValues> key={name} name={name} label={label} hint={hint} />;
      })}
    </div>
  );
}
