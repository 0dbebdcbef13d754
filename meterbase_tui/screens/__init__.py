"""The screens: the dashboard, the inspector of one delivery, and the sample picker."""
