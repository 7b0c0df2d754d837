import { useState } from "react";
import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import { showResults } from "../acts/act-store.ts";
import { isProvider, useRealm } from "../frame/realm.ts";
import { nameOfRealm } from "../frame/realm-name.ts";
import { realmOf, useSession } from "../frame/use-session.ts";
import type { Named } from "../lists/named-query.ts";
import { Picker } from "../lists/picker.tsx";
import { refusalOf } from "../scim/client.ts";
import type { BulkResult } from "../scim/client.ts";
import { all, compare, search } from "../scim/filter.ts";
import { patchIn } from "../scim/patch.ts";
import { queries, scimIn } from "../server.ts";
import { RouteDialog, useLeadTo } from "../ui/form-dialog.tsx";
import { Form, FormBoxes } from "../ui/form.tsx";
import { Chosen } from "./chosen.tsx";
import { givenRoles, grantableRoles } from "./roles.ts";

interface AddedRoles {
  readonly roles: readonly string[];
}

/** A part of an organization's search: an account is found by a part of its names, or by a whole address. */
const candidate = (text: string) =>
  [
    compare("userName", "co", text),
    compare("displayName", "co", text),
    compare("emails.value", "eq", text),
  ].join(" or ");

const isRefused = (result: BulkResult | undefined) => !(Number(result?.status) < 400);

const addedWithoutRoles = (organization: string) => ({
  ...{ doing: "", done: () => "", doneOne: () => "" },
  failed: (name: ReactNode) => (
    <>
      {name} is a member of <bdi>{organization}</bdi> now, but was not given the roles
    </>
  ),
});

/** Adds a person who has an account to an organization. Each part opens as the one before it is filled. */
export function AddUser() {
  const { id: realmId, realm } = useRealm();
  const here = realmOf(useSession(), realmId);
  const leadTo = useLeadTo();
  const values = useForm<AddedRoles>({ defaultValues: { roles: [] } });
  const [chosen, setChosen] = useState<Named>();
  const [person, setPerson] = useState<Named>();
  const own = isProvider(realm) ? undefined : { id: realmId, name: here ? nameOfRealm(here) : "" };
  const organization = own ?? chosen;

  const add = async ({ roles }: AddedRoles) => {
    if (!organization) throw new Error("Choose the organization first.");
    if (!person) throw new Error("Choose the person first.");
    const members = [{ value: person.id }];
    const giving = patchIn(`/Users/${person.id}`, givenRoles(roles, own ? undefined : organization.id));
    const [added, granted] = await scimIn(realmId).bulk([
      patchIn(`/Groups/${organization.id}`, { op: "add", path: "members", value: members }),
      ...(roles.length > 0 ? [giving] : []),
    ]);
    void queries.invalidateQueries({ queryKey: [realmId] });
    if (isRefused(added)) throw refusalOf(added);
    if (roles.length > 0 && isRefused(granted)) {
      const { id, name, userName = "" } = person;
      const reason = refusalOf(granted).message;
      showResults(realmId, addedWithoutRoles(organization.name), [
        { item: { id, name, detail: userName, operation: giving }, outcome: "failed", reason },
      ]);
    }
    leadTo(`../${person.id}`, true);
  };

  return (
    <RouteDialog title="Add a user" isDirty={person !== undefined}>
      {(close) => (
        <Form
          form={values}
          action={person ? `Add ${person.name}` : "Add the user"}
          onSubmit={add}
          onCancel={close}
        >
          {!own && (
            <Chosen
              label="Organization"
              picked={chosen}
              onChange={() => {
                setChosen(undefined);
                setPerson(undefined);
              }}
            >
              <Picker label="Organization" path="Groups" autoFocus onPick={setChosen} />
            </Chosen>
          )}
          {organization && (
            <Chosen label="Person" picked={person} onChange={() => setPerson(undefined)}>
              {own ? (
                <Picker
                  label="Person"
                  hint="At least three characters of the name or the user name, or a whole e-mail address."
                  path="Candidates"
                  leastTyped={3}
                  filterOf={candidate}
                  autoFocus
                  onPick={setPerson}
                />
              ) : (
                <Picker
                  label="Person"
                  hint="Members of the organization are not offered."
                  path="Users"
                  filterOf={(text) =>
                    all(
                      search(text, ["userName", "displayName", "emails.value"]),
                      `not (${compare("groups.value", "eq", organization.id)})`,
                    )
                  }
                  autoFocus
                  onPick={setPerson}
                />
              )}
            </Chosen>
          )}
          {person && organization && (
            <FormBoxes<AddedRoles>
              name="roles"
              label={`Roles in ${organization.name}`}
              hint="Without one, the person is a plain member."
              options={grantableRoles(realm, "organization")}
            />
          )}
        </Form>
      )}
    </RouteDialog>
  );
}
