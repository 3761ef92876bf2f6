"""What can be wrong with a call of ``nj``, in words."""

from __future__ import annotations

import click

from .errors import Bilingual, InputError, nearest


class Suggesting(click.Group):
    """A group that names the nearest command for one that is unknown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest right word in the error."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            commands = self.list_commands(ctx)
            near = nearest(args[0], commands)
            hint = (f"; did you mean {near}?", f"；是否指 {near}？") if near else (".", "。")
            word = args[0][:80]
            raise InputError(
                f"there is no command {word!r}{hint[0]} Commands: {', '.join(commands)}",
                f"没有命令“{word}”{hint[1]}可用：{'、'.join(commands)}",
            )
        return super().resolve_command(ctx, args)


def in_words(error: click.ClickException) -> Bilingual:
    """What is wrong with a call, for the errors that click finds."""
    en = error.format_message().replace("\n", " ")
    match error:
        case click.NoSuchOption():
            near = error.possibilities[0] if error.possibilities else None
            hint = (f"; did you mean {near}?", f"；是否指 {near}？") if near else (".", "。")
            seen = (
                (f" See {error.ctx.command_path} --help", f"见 {error.ctx.command_path} --help")
                if error.ctx
                else ("", "")
            )
            return Bilingual(
                f"没有选项 {error.option_name}{hint[1]}{seen[1]}",
                f"there is no option {error.option_name}{hint[0]}{seen[0]}",
            )
        case click.MissingParameter():
            name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else str(error.param_hint)
            return Bilingual(f"缺少参数 {name}", f"{name} is missing")
        case click.BadParameter():
            param, ctx = error.param, error.ctx
            name = param.get_error_hint(ctx) if param and ctx else str(error.param_hint)
            if param is not None and isinstance(param.type, click.Choice):
                return Bilingual(f"{name} 只能是：{'、'.join(param.type.choices)}", f"{name}: {error.message}")
            if param is not None and param.type is click.INT:
                return Bilingual(f"{name} 应为整数", f"{name}: {error.message}")
            return Bilingual(f"{name} 有误：{error.message}", f"{name}: {error.message}")
        case click.BadOptionUsage():
            return Bilingual(f"选项 {error.option_name} 缺少值，或不应有值", en)
    if error.message.startswith("Got unexpected extra argument"):
        return Bilingual(f"多余的参数：{error.message.partition('(')[2].removesuffix(')')}", en)
    return Bilingual(f"调用有误：{en}", en)
