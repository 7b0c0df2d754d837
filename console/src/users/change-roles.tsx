import { useState } from "react";
import { useForm } from "react-hook-form";
import { isProvider } from "../frame/realm.ts";
import { Picker } from "../lists/picker.tsx";
import type { Named } from "../lists/named-query.ts";
import type { User } from "../scim/resources.ts";
import { DialogFrame } from "../ui/form-dialog.tsx";
import { Form, FormBoxes, FormChoice } from "../ui/form.tsx";
import { patchOf, peopleOf, start, wordsFor } from "./user-acts.tsx";
import type { OnPeople, Place } from "./user-acts.tsx";
import { Chosen } from "./chosen.tsx";
import { givenRoles, grantableRoles, takenRoles } from "./roles.ts";
import type { ActResult } from "../acts/act.ts";

interface RolesChange {
  readonly how: string;
  readonly roles: readonly string[];
}

interface ChangeRolesProps {
  readonly users: readonly User[];
  readonly place: Place;
  readonly onClose: () => void;
  readonly onDone: (results: readonly ActResult[]) => void;
}

/** Gives roles to many people, or takes them away. In the provider's realm, roles in an organization are chosen with it. */
export function ChangeRoles({ users, place, onClose, onDone }: ChangeRolesProps) {
  const form = useForm<RolesChange>({ defaultValues: { how: "give", roles: [] } });
  const [organization, setOrganization] = useState<Named>();
  const { realm } = place;
  const people = peopleOf(users);
  const options = grantableRoles(
    realm,
    organization !== undefined || !isProvider(realm) ? "organization" : "provider",
  );
  const how = form.watch("how");
  const choose = (picked: Named | undefined) => {
    setOrganization(picked);
    form.setValue("roles", []);
  };
  return (
    <DialogFrame title={`Change roles of ${people}`} onClose={onClose}>
      <Form
        form={form}
        action={how === "give" ? `Give roles to ${people}` : `Take roles from ${people}`}
        onCancel={onClose}
        onSubmit={(change) => {
          const done = start(rolesAct(change, users, organization), users, place);
          onClose();
          void done.then(onDone);
          return Promise.resolve();
        }}
      >
        <FormChoice<RolesChange>
          name="how"
          label="What to do"
          options={[
            { value: "give", label: "Give roles" },
            { value: "take", label: "Take roles away" },
          ]}
        />
        {isProvider(realm) && (
          <Chosen
            label="Roles in the organization"
            picked={organization}
            action="Take back"
            onChange={() => choose(undefined)}
          >
            <Picker
              label="Organization"
              hint="Leave it empty for roles in the provider. Only its members can have roles in it."
              path="Groups"
              onPick={choose}
            />
          </Chosen>
        )}
        <FormBoxes<RolesChange>
          name="roles"
          label="Roles"
          options={options}
          rules={{ validate: (roles) => roles.length > 0 || "Choose a role" }}
        />
        <p>
          {how === "give"
            ? "The roles work at once, beside those that they have."
            : "Their power ends at once. Roles by a team stay; to take those, remove people from the team."}
        </p>
      </Form>
    </DialogFrame>
  );
}

function rolesAct(
  { how, roles }: RolesChange,
  users: readonly User[],
  organization: Named | undefined,
): OnPeople {
  const people = peopleOf(users);
  const isGiven = how === "give";
  return {
    words: wordsFor(isGiven ? `Giving roles to ${people}` : `Taking roles from ${people}`, "changed"),
    operationOf: (user) =>
      patchOf(
        user,
        ...(isGiven ? [givenRoles(roles, organization?.id)] : takenRoles(roles, organization?.id)),
      ),
  };
}
