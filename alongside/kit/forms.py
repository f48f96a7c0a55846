"""Forms that look alike everywhere."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders a form's fields with the design system's template."""

    form_template_name = "kit/form.html"
    field_template_name = "kit/field.html"
