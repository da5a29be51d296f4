// A link to a screen, drawn as the rest of the console is.

import { Button, Link as FluentLink } from '@fluentui/react-components';
import { createLink } from '@tanstack/react-router';

type TextLinkProps = React.AnchorHTMLAttributes<HTMLAnchorElement> & { inline?: boolean };

const TextLink = (props: TextLinkProps) => <FluentLink {...(props as object)} />;

export const Link = createLink(TextLink);

type ButtonLinkProps = React.AnchorHTMLAttributes<HTMLAnchorElement> & {
  appearance?: 'primary' | 'secondary' | 'subtle' | 'outline' | 'transparent';
  size?: 'small' | 'medium' | 'large';
  icon?: React.ReactElement;
};

const AnchorButton = (props: ButtonLinkProps) => <Button as="a" {...(props as object)} />;

/** The same, drawn as a button, where something is begun by it. */
export const ButtonLink = createLink(AnchorButton);
